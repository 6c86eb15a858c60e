"""What is trained, in use: models that answer, here or where this project is not."""
