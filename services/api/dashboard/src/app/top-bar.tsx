import { Command as CommandIcon, LogOut, type LucideIcon, Moon, Smartphone, Sun, SunMoon } from 'lucide-react';
import type { Me } from '@/lib/api';
import { Badge, keyCaps } from '@/ui/bits';
import { IconButton } from '@/ui/button';
import type { Live } from './live';
import { LiveBadge } from './live-badge';
import { Logo } from './logo';
import { showPhone, usePhoneShown } from './phone-pref';
import { nextTheme, type Theme, useTheme } from './theme';

const THEME_ICONS: Readonly<Record<Theme, LucideIcon>> = { system: SunMoon, light: Sun, dark: Moon };

interface TopBarProps {
  readonly me: Me | undefined;
  readonly live: Live;
  readonly onPalette: () => void;
  readonly onSignOut: () => void;
}

export function TopBar({ me, live, onPalette, onSignOut }: TopBarProps) {
  const theme = useTheme();
  const phone = usePhoneShown();
  const ThemeIcon = THEME_ICONS[theme];
  return (
    <header className="flex h-12 shrink-0 items-center gap-2.5 px-3 md:px-4">
      <Logo />
      <span className="font-semibold tracking-tight">Parley</span>
      {me !== undefined && (
        <>
          <Badge tone={me.environment === 'live' ? 'good' : 'warn'}>
            {me.environment === 'live' ? 'LIVE' : 'DEMO'}
          </Badge>
          <span className="truncate text-sm text-ink-3 max-md:hidden">{me.tenant.name}</span>
        </>
      )}
      <span className="flex-1" />
      <LiveBadge live={live} />
      <button
        type="button"
        onClick={onPalette}
        className="ml-2 flex h-8 items-center gap-2 rounded-md border border-line-strong bg-surface px-2.5 text-xs text-ink-3 hover:text-ink max-md:hidden"
      >
        <CommandIcon size={13} aria-hidden /> Commands <span className="text-2xs">{keyCaps('Mod+k')}</span>
      </button>
      {me?.demo && (
        <IconButton
          label={phone ? 'Hide the phone' : 'Show the phone'}
          keys="p"
          aria-pressed={phone}
          onClick={() => showPhone(!phone)}
        >
          <Smartphone size={17} />
        </IconButton>
      )}
      <IconButton label={`Theme: ${theme}`} onClick={nextTheme}>
        <ThemeIcon size={17} />
      </IconButton>
      <IconButton label={me === undefined ? 'Sign out' : `Sign out ${me.user.name}`} onClick={onSignOut}>
        <LogOut size={16} />
      </IconButton>
    </header>
  );
}
