"""Reading many images: ours beside LangChain's parser of images, a plain loop, and Ray."""
