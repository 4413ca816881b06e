import type { CountryCode } from 'libphonenumber-js/max';

/** What the generator knows of a country. */
export interface SampleCountry {
  readonly code: CountryCode;
  /** Ways in which files name it. */
  readonly spellings: readonly string[];
  /** Beginnings of mobile numbers as they are dialled inside the country; `#` is any digit. */
  readonly mobiles: readonly string[];
  readonly first: readonly string[];
  readonly last: readonly string[];
  readonly cities: readonly string[];
}

export const SLOVAKIA: SampleCountry = {
  code: 'SK',
  spellings: ['SK', 'SVK', 'Slovakia', ' slovakia '],
  mobiles: ['0905 ### ###', '0911######', '0948/###-###', '0917 ######'],
  first: ['Jana', 'Ľuboš', 'Zuzana', 'Štefan', 'Mária', 'Ján', 'Žofia', 'Tomáš', 'Katarína', 'Ondřej'],
  last: ['Kováčová', 'Horváth', 'Baláž', 'Tóthová', 'Ďurica', 'Šimková', 'Novák', 'Čižmár', 'Polák'],
  cities: ['Bratislava', 'Košice', 'Žilina', 'Banská Bystrica', 'Nitra'],
};

export const CZECHIA: SampleCountry = {
  code: 'CZ',
  spellings: ['CZ', 'CZE', 'Czechia', 'Czech Republic', 'czech  republic'],
  mobiles: ['603 ### ###', '724######', '777 ### ###'],
  first: ['Jiří', 'Tereza', 'Václav', 'Lucie', 'Zdeněk', 'Kateřina', 'Řehoř'],
  last: ['Dvořák', 'Svobodová', 'Procházka', 'Kučerová', 'Růžička', 'Veselý'],
  cities: ['Praha', 'Brno', 'Plzeň', 'Ústí nad Labem'],
};

export const GERMANY: SampleCountry = {
  code: 'DE',
  spellings: ['DE', 'Germany', 'DEU'],
  mobiles: ['0151 ########', '0171 #######', '0160-#######'],
  first: ['Jürgen', 'Käthe', 'Lukas', 'Björn', 'Anneliese'],
  last: ['Müller', 'Schröder', 'Weiß', 'Köhler', 'Schäfer'],
  cities: ['München', 'Köln', 'Berlin', 'Nürnberg'],
};

export const AUSTRIA: SampleCountry = {
  code: 'AT',
  spellings: ['AT', 'Austria', 'AUT'],
  mobiles: ['0664 #######', '0676 #######'],
  first: ['Franz', 'Sissi', 'Günther', 'Rosa'],
  last: ['Gruber', 'Pichler', 'Höller', 'Steiner'],
  cities: ['Wien', 'Graz', 'Sankt Pölten'],
};

const UNITED_STATES: SampleCountry = {
  code: 'US',
  spellings: ['US', 'USA', 'United States', 'United States of America'],
  mobiles: ['(212) 2##-####', '415-7##-####', '312 5## ####'],
  first: ['Emma', 'Liam', 'Olivia', 'Noah'],
  last: ['Smith', "O'Neill", 'Johnson', 'García'],
  cities: ['New York', 'San Francisco', 'Chicago'],
};

const UNITED_KINGDOM: SampleCountry = {
  code: 'GB',
  spellings: ['GB', 'United Kingdom', 'Great Britain', 'GBR'],
  mobiles: ['07400 ######', '07700 1#####', '07911 1#####'],
  first: ['Harry', 'Amelia', 'Oliver'],
  last: ['Taylor', 'Evans', 'Thompson-Wright'],
  cities: ['London', 'Leeds', 'Cardiff'],
};

const FRANCE: SampleCountry = {
  code: 'FR',
  spellings: ['FR', 'France', 'FRA'],
  mobiles: ['06 ## ## ## ##', '07 8# ## ## ##'],
  first: ['Chloé', 'Émile', 'François'],
  last: ['Lefèvre', 'Moreau', "D'Arcy"],
  cities: ['Paris', 'Orléans'],
};

const POLAND: SampleCountry = {
  code: 'PL',
  spellings: ['PL', 'Poland', 'POL'],
  mobiles: ['501 ### ###', '662 ### ###'],
  first: ['Łukasz', 'Małgorzata', 'Wojciech'],
  last: ['Wiśniewski', 'Dąbrowska', 'Zieliński'],
  cities: ['Łódź', 'Kraków'],
};

const JAPAN: SampleCountry = {
  code: 'JP',
  spellings: ['JP', 'Japan'],
  mobiles: ['090-####-####', '080-####-####'],
  first: ['太郎', '花子', 'さくら'],
  last: ['山田', '佐藤', '鈴木'],
  cities: ['東京', '大阪'],
};

export const WORLD: readonly SampleCountry[] = [UNITED_STATES, UNITED_KINGDOM, FRANCE, POLAND, JAPAN];
