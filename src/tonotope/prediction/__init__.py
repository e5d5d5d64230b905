"""What a trained model predicts for recordings of any length."""
