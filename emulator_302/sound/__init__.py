"""Sound: texts as tones in WAV files, which carry their text, and what can be known of any sound.

Nobody can understand the tones: whoever hears them here reads the text that the file carries.
"""
