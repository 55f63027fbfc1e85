"""The SummaryWriter that training scripts call. Knows no Qt; of the reader it takes :mod:`runglass.reader.wire` alone."""
