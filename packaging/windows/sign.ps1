# Signs the files with the certificate in $env:CERTIFICATE (PFX in Base64) and $env:PASSWORD; without one it says so.
param([Parameter(Mandatory, ValueFromRemainingArguments)][string[]]$Files)
$ErrorActionPreference = 'Stop'

if (-not $env:CERTIFICATE) {
    Write-Output "no certificate is set: $Files stays unsigned"
    exit 0
}
$pfx = Join-Path ([IO.Path]::GetTempPath()) "$([guid]::NewGuid()).pfx"
[IO.File]::WriteAllBytes($pfx, [Convert]::FromBase64String($env:CERTIFICATE))
try {
    $tool = Get-ChildItem "${env:ProgramFiles(x86)}\Windows Kits\10\bin\*\x64\signtool.exe" | Select-Object -Last 1
    & $tool.FullName sign /f $pfx /p $env:PASSWORD /fd sha256 /td sha256 /tr http://timestamp.digicert.com @Files
    if ($LASTEXITCODE) { throw "signtool ended with $LASTEXITCODE" }
}
finally {
    Remove-Item $pfx
}
