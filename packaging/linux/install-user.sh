#!/bin/sh
# Adds Runglass to the menus of this user, from the folder that this script lies in; --remove takes it out again.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
share=${XDG_DATA_HOME:-$HOME/.local/share}
bin=$HOME/.local/bin

case ${1:-} in
    '')
        mkdir -p "$bin" "$share/applications" "$share/icons" "$share/mime/packages"
        ln -sf "$here/runglass" "$bin/runglass"
        cp -R "$here/share/icons/hicolor" "$share/icons/"
        cp "$here/share/mime/packages/runglass.xml" "$share/mime/packages/"
        # In a quoted word of a desktop entry these stand for more than themselves, and a backslash is read twice.
        quoted=$(printf '%s' "$here/runglass" | sed -e 's/\\/&&&&/g' -e 's/["$`]/\\\\&/g' -e 's/%/%%/g')
        plain=$(printf '%s' "$here/runglass" | sed -e 's/\\/\\\\/g')
        QUOTED=$quoted PLAIN=$plain awk '
            /^Exec=runglass/ { sub(/^Exec=runglass/, ""); print "Exec=\"" ENVIRON["QUOTED"] "\"" $0; next }
            /^TryExec=/ { print "TryExec=" ENVIRON["PLAIN"]; next }
            { print }
        ' "$here/share/applications/runglass.desktop" >"$share/applications/runglass.desktop"
        echo "Runglass is in your menus, and in $bin."
        ;;
    --remove)
        rm -f "$bin/runglass" "$share/applications/runglass.desktop" "$share/mime/packages/runglass.xml"
        find "$share/icons/hicolor" \( -name runglass.png -o -name runglass.svg \) -delete 2>/dev/null || true
        # Folders that are empty now are those that were made for these files.
        find "$share/icons" "$share/applications" "$bin" -depth -type d -empty -delete 2>/dev/null || true
        echo "Runglass is out of your menus. Its folder and your settings in ~/.config/runglass are left alone."
        ;;
    *)
        echo "usage: install-user.sh [--remove]" >&2
        exit 2
        ;;
esac
if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$share/applications" || true; fi
if command -v update-mime-database >/dev/null && [ -d "$share/mime/packages" ]; then
    update-mime-database "$share/mime" >/dev/null 2>&1 || true
fi
