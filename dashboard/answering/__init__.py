"""Answering by link: plain pages from the server, without a script, for anybody with a phone.

`routes` takes requests and protects; `visits` decides what a visit gets; `steps` holds what was
posted and moves through the form; `form_pages` and `other_pages` write the pages, with what `page`
holds; `misses` counts wrong addresses.
"""
