/** What the generator knows of a country. */
export interface Nation {
  readonly first: readonly string[];
  readonly last: readonly string[];
  readonly cities: readonly string[];
  /** Ways in which files name it. */
  readonly spellings: readonly string[];
  /** Numbers as people write them; `#` is any digit. */
  readonly phones: readonly string[];
  /** Top-level domain. */
  readonly domain: string;
}

export const NATIONS: readonly Nation[] = [
  {
    first: ['Jana', 'Ľuboš', 'Zuzana', 'Štefan', 'Mária', 'Ján', 'Žofia', 'Tomáš'],
    last: ['Kováčová', 'Horváth', 'Baláž', 'Tóthová', 'Ďurica', 'Novák', 'Čižmár'],
    cities: ['Bratislava', 'Košice', 'Žilina', 'Banská Bystrica', 'Nitra'],
    spellings: ['SK', 'SVK', 'Slovakia', 'Slovakia'],
    phones: ['0905 ### ###', '0911######', '+421 917 ### ###', '+421948######', '0948/###-###'],
    domain: 'sk',
  },
  {
    first: ['Jiří', 'Tereza', 'Václav', 'Lucie', 'Zdeněk', 'Kateřina'],
    last: ['Dvořák', 'Svobodová', 'Procházka', 'Kučerová', 'Růžička'],
    cities: ['Praha', 'Brno', 'Plzeň', 'Ústí nad Labem'],
    spellings: ['CZ', 'CZE', 'Czech Republic'],
    phones: ['603 ### ###', '724######', '+420 777 ### ###', '+420608######'],
    domain: 'cz',
  },
  {
    first: ['Jürgen', 'Käthe', 'Lukas', 'Björn', 'Anneliese'],
    last: ['Müller', 'Schröder', 'Weiß', 'Köhler', 'Schäfer'],
    cities: ['München', 'Köln', 'Berlin', 'Nürnberg'],
    spellings: ['DE', 'Germany', 'DEU'],
    phones: ['0151 2#######', '+49 171 #######', '+49160#######', '030 23######'],
    domain: 'de',
  },
  {
    first: ['Emma', 'Liam', 'Olivia', 'Noah', 'Sophia'],
    last: ['Smith', "O'Neill", 'Johnson', 'Garcia', 'Brown'],
    cities: ['New York', 'San Francisco', 'Chicago', 'Austin'],
    spellings: ['US', 'USA', 'United States', 'United States of America'],
    phones: ['(212) 55#-####', '+1 415 55# ####', '312-55#-####', '+1512555####'],
    domain: 'com',
  },
  {
    first: ['Jack', 'Amelia', 'Harry', 'Isla', 'George'],
    last: ['Jones', 'Taylor', 'Williams', 'Davies', 'Evans'],
    cities: ['London', 'Manchester', 'Leeds', 'Bristol'],
    spellings: ['GB', 'United Kingdom', 'GBR'],
    phones: ['07400 ######', '+44 7400 ######', '020 7### ####', '+447401######'],
    domain: 'co.uk',
  },
  {
    first: ['Léa', 'Hugo', 'Chloé', 'René', 'Françoise'],
    last: ['Dubois', 'Lefèvre', 'Moreau', 'Garnier'],
    cities: ['Paris', 'Lyon', 'Marseille', 'Nîmes'],
    spellings: ['FR', 'France', 'FRA'],
    phones: ['06 12 ## ## ##', '+33 6 98 ## ## ##', '01 42 ## ## ##', '+33612######'],
    domain: 'fr',
  },
];

export const WORDS = ['Alfa', 'Nova', 'Terra', 'Quantum', 'Delta', 'Orion', 'Vertex', 'Lumen', 'Astra', 'Polar'];
export const SECTORS = ['s.r.o.', 'GmbH', 'Ltd', 'Inc.', 'a.s.', 'Trade', 'Logistics', 'Media'];
export const STREETS = ['Main Street', 'Hlavná', 'Bahnhofstrasse', 'High Street', 'Rue Victor Hugo', 'Dlouhá'];
export const TAGS = ['crm', 'lead', 'vip:lead', 'newsletter', 'inbound:2024'];
