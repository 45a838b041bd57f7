"""Answering by link: plain pages from the server, without a script, for anybody with a phone.

`routes` takes requests and protects; `visits` and `receipts` decide what a visit gets, `shown`
finds what its pages tell besides; `steps` holds what was posted and moves through the form,
`drafts` keeps it for a while; `form_pages` and `other_pages` write the pages, with what `page`
holds; `misses` counts wrong addresses.
"""
