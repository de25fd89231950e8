"""Real days of Hugging Face and arXiv, served again by local servers that speak like them."""
