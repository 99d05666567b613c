// Runs axe-core, which is in the page already; hands back what it found, in few words.
const [config, options, done] = arguments;
axe.configure(config);
axe.run(options).then(({ violations }) => done(violations.map(({ id, help, nodes }) => ({
  id, help, nodes: nodes.slice(0, 3).map(({ target, html }) => `${target} ${html.slice(0, 120)}`),
}))), (error) => done([{ id: "axe", help: String(error), nodes: ["it could not look at the page"] }]));
