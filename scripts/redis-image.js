export const redisImage = 'redis:7-alpine';
