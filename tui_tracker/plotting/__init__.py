"""Curves as grids of characters: numbers in, characters with roles out; knows neither the screen nor the
store.

Nothing is imported here, because numpy and plotext cost 100-200 ms: whoever draws imports the module it
needs, late.
"""
