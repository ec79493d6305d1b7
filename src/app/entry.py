from workers import Response, WorkerEntrypoint

__all__ = ["Default"]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response('{"ok": true}', headers={"content-type": "application/json"})
