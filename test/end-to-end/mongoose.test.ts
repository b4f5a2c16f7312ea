import mongoose, { type Mongoose, Schema } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, startServer } from '../../src/index.ts';

const authorSchema = new Schema(
  { name: { type: String, required: true, unique: true }, born: Number },
  { timestamps: true },
);

const bookSchema = new Schema({
  title: { type: String, required: true },
  author: { type: Schema.Types.ObjectId, ref: 'Author', required: true },
  tags: [String],
  copies: { type: Number, default: 1, min: 0 },
  reviews: [{ stars: Number, text: String }],
});

function models(connection: Mongoose) {
  return { Author: connection.model('Author', authorSchema), Book: connection.model('Book', bookSchema) };
}

let server: RunningServer;
let connection: Mongoose;
let Author: ReturnType<typeof models>['Author'];
let Book: ReturnType<typeof models>['Book'];

beforeAll(async () => {
  server = await startServer({ storageEngine: 'memory' });
  connection = await new mongoose.Mongoose().connect(server.uri, { dbName: 'library' });
  ({ Author, Book } = models(connection));
  await Promise.all([Author.init(), Book.init()]);
});

afterAll(async () => {
  await connection.disconnect();
  await server.stop();
});

describe('Mongoose', () => {
  it('saves documents and fills in the ones that they refer to', async () => {
    const author = await Author.create({ name: 'Ursula', born: 1929 });
    const book = new Book({ title: 'The Dispossessed', author: author._id, tags: ['novel'] });
    await book.save();
    const found = await Book.findOne({ title: 'The Dispossessed' }).populate<{ author: { name: string } }>('author');
    expect(found?.author.name).toBe('Ursula');
    expect(found?.copies).toBe(1);
  });

  it('saves only what was changed', async () => {
    const author = await Author.create({ name: 'Stanisław' });
    const book = await Book.create({ title: 'Solaris', author: author._id });
    book.copies = 3;
    book.reviews.push({ stars: 5, text: 'strange' });
    await book.save();
    const reviewed = await Book.findOneAndUpdate(
      { _id: book._id, 'reviews.stars': 5 },
      { $set: { 'reviews.$.stars': 4 }, $addToSet: { tags: 'sea' } },
      { returnDocument: 'after' },
    ).lean();
    expect(reviewed).toMatchObject({ copies: 3, tags: ['sea'], reviews: [{ stars: 4, text: 'strange' }] });
  });

  it('is refused what a unique index forbids', async () => {
    await Author.create({ name: 'Italo' });
    await expect(Author.create({ name: 'Italo' })).rejects.toMatchObject({ code: 11000, keyValue: { name: 'Italo' } });
  });

  it('counts, finds distinct values and aggregates', async () => {
    const author = await Author.create({ name: 'Jorge' });
    await Book.insertMany([1, 2, 3].map((copies) => ({ title: `Ficciones ${copies}`, author: author._id, copies })));
    expect(await Book.countDocuments({ author: author._id })).toBe(3);
    expect(await Book.distinct('copies', { author: author._id })).toEqual([1, 2, 3]);
    const [total] = await Book.aggregate([
      { $match: { author: author._id } },
      { $group: { _id: '$author', copies: { $sum: '$copies' } } },
    ]);
    expect(total).toMatchObject({ copies: 6 });
    expect(await Book.deleteMany({ author: author._id })).toMatchObject({ deletedCount: 3 });
  });
});
