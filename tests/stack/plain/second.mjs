export default {
  fetch: (request, env) => new Response(`${request.url} ${env.PASSWORD} ${env.ADDRESS}`),
};
