export default {
  async fetch(request, env) {
    const second = await (await env.SECOND.fetch("http://second/inside")).text();
    const object = await env.BUCKET.get("cron");
    return Response.json({ ...env, second, cron: await object?.text() });
  },
  async scheduled(controller, env) {
    await env.BUCKET.put("cron", controller.cron);
  },
};
