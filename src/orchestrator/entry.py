from workers import Response, WorkerEntrypoint

from orchestrator.job_do import RenderJobDO

__all__ = ["Default", "RenderJobDO"]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response('{"ok": true}', headers={"content-type": "application/json"})
