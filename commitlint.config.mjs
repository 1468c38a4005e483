export default { extends: ['@commitlint/config-conventional'], rules: { 'scope-empty': [2, 'never'] } };
