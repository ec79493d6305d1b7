from workers import DurableObject


class RenderJobDO(DurableObject):
    async def ping(self) -> str:
        return "pong"
