/** A page that only says something. Both texts are the service's own, without markup. */
export function noticePage(title: string, message: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title} · embedding-pipeline</title>
    <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
    <script src="/assets/theme.js"></script>
    <link rel="stylesheet" href="/assets/base.css" />
    <link rel="stylesheet" href="/assets/page.css" />
  </head>
  <body>
    <header class="top">
      <div class="top-row">
        <a class="brand" href="/"><img src="/assets/icon.svg" alt="" width="26" height="26" />embedding-pipeline</a>
      </div>
    </header>
    <main>
      <section class="hero">
        <h1>${title}</h1>
        <p class="lead">${message}</p>
        <p class="lead"><a href="/">To the front page</a></p>
      </section>
    </main>
  </body>
</html>
`;
}
