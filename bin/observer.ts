import { observe } from '../lib/adoption/observe';

observe();
