"""The door: plain pages on which people sign in and out, before Streamlit is reached."""
