import type { FastifyInstance, FastifyPluginAsync } from 'fastify';

/** The description of the API; what makes it is loaded when it is asked for. */
export function openapiRoutes(register: (server: FastifyInstance) => Promise<void>): FastifyPluginAsync {
  return async (server) => {
    server.get('/openapi.json', async () => {
      const { describeApi } = await import('../openapi/document.ts');
      return describeApi(register);
    });
  };
}
