import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { App } from './app.tsx';
import { showLastTheme } from './state/theme.ts';
import { connect } from './wire/client.ts';
import { WireProvider } from './wire/provider.tsx';
import './styles.css';

// Our content security policy forbids code made from text, which zod would otherwise try for speed.
z.config({ jitless: true });
showLastTheme(document, localStorage);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={new QueryClient()}>
      <WireProvider wire={connect()}>
        <App />
      </WireProvider>
    </QueryClientProvider>
  </StrictMode>,
);
