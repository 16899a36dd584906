"""Reading many pictures: ours beside LangChain's parser of pictures, a plain loop, and Ray."""
