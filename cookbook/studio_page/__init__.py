"""The parts of `cookbook/studio.py`: a page to chat and draw on, made with Gradio."""
