"""A scoring server for registered models, the extra `[serve]`.

`models` loads what is registered, `batching` runs it, `following` keeps it the version that a URI means,
`open_inference` and `invocations` are the two protocols, `server` puts them behind HTTP.
"""
