"""The long-running process: the API and its guard, the event stream, workers, schedule, channels and recipes.

``http`` speaks ASGI, ``guard`` and ``doors`` decide who may, ``api/`` holds the routes, ``work/`` the processes that do the work,
``schedule/`` what runs by itself. No provider or document library is imported in this process: they live in the workers.
Nothing here decides what a task does; that is the loop's, in a worker.
"""
