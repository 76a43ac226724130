"""The SPARQL endpoint: requests are checked in this process, queries run in worker processes that may be killed.

request ──protocol──▶ Job ──guard──▶ workers ──▶ engine (another process) ──▶ Reply ──▶ response
"""
