import { inAppPurchase } from 'electron'

process.stdout.write(String(inAppPurchase))
