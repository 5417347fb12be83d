// Biome lints and formats; eslint only adds the rules that need types: a promise that nobody awaits is a lost error.
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    files: ['{src,stand-ins,demo,bench,test}/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    // Text of strangers reaches a terminal through one door, and only there.
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.test.ts', 'src/daemon/terminal.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "MemberExpression[object.name='console'], MemberExpression[object.name='process'][property.name=/^(stdout|stderr)$/]",
          message: 'Print by say() or complain() of src/daemon/terminal.ts, which let no text move the terminal.',
        },
      ],
    },
  },
);
