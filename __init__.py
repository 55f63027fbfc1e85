"""Runglass: TensorBoard event logs on the desktop, and the SummaryWriter that writes them."""
