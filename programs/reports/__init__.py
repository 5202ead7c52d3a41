"""Phase reports: what they say (build), how they are written (pdf, xlsx, csv), and how they are asked for (orders)."""
