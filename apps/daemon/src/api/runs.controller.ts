import type { Causes } from '@cloudtalk-sync/store';
import {
  type ConnectionCheck,
  type FailedRowView,
  LocalOperator,
  type RowView,
  type RunView,
} from '@cloudtalk-sync/sync';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  NotFoundException,
  Param,
  Post,
  Query,
  UseFilters,
  UseGuards,
} from '@nestjs/common';
import { z } from 'zod';
import { RefusalFilter } from './refusal.filter.js';
import { TokenGuard } from './token.guard.js';

const listSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(20),
  connection: z.string().optional(),
});
const passSchema = z.object({ connection: z.string().min(1) });
const previewSchema = z.object({ connection: z.string().min(1), path: z.string().min(1).optional() });
const retrySchema = z.object({ code: z.string().min(1).optional() });
const rowsSchema = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });

/** What the commands ask of a running daemon. */
@Controller('api')
@UseGuards(TokenGuard)
@UseFilters(RefusalFilter)
export class RunsController {
  constructor(private readonly operator: LocalOperator) {}

  /** Makes one pass over a connection. */
  @Post('passes')
  @HttpCode(202)
  async pass(@Body() body: unknown): Promise<{ readonly runs: readonly string[] }> {
    const { connection } = parse(passSchema, body);
    return { runs: await this.operator.pass(connection) };
  }

  /** Asks what a pass over a connection, or the import of a file, would do. */
  @Post('previews')
  @HttpCode(202)
  async preview(@Body() body: unknown): Promise<{ readonly runs: readonly string[] }> {
    const { connection, path } = parse(previewSchema, body);
    return { runs: await this.operator.preview(connection, path) };
  }

  /** Looks for everything that would go wrong in a run of a connection. */
  @Post('checks')
  @HttpCode(200)
  check(@Body() body: unknown): Promise<ConnectionCheck> {
    return this.operator.check(parse(passSchema, body).connection);
  }

  /** Makes in the source of a connection what its report needs. */
  @Post('setups')
  @HttpCode(200)
  async setup(@Body() body: unknown): Promise<{ readonly made: readonly string[] }> {
    return { made: await this.operator.setup(parse(passSchema, body).connection) };
  }

  /** Tries the failed and not processed rows of an ended run again. */
  @Post('runs/:id/retries')
  @HttpCode(202)
  async retry(@Param('id') id: string, @Body() body: unknown): Promise<{ readonly runs: readonly string[] }> {
    const run = await this.run(id);
    return { runs: [await this.operator.retry(run.id, parse(retrySchema, body).code)] };
  }

  @Get('runs')
  runs(@Query() query: unknown): Promise<readonly RunView[]> {
    return this.operator.runs(parse(listSchema, query));
  }

  @Get('runs/:id')
  async run(@Param('id') id: string): Promise<RunView> {
    const run = await this.operator.run(id);
    if (!run) throw new NotFoundException(`There is no single run ${id}.`);
    return run;
  }

  @Get('runs/:id/rows')
  rows(@Param('id') id: string, @Query() query: unknown): Promise<readonly RowView[]> {
    return this.operator.rows(parse(z.uuid(), id), parse(rowsSchema, query).limit);
  }

  /** Why rows of a run failed or were skipped, grouped. */
  @Get('runs/:id/causes')
  causes(@Param('id') id: string): Promise<Causes> {
    return this.operator.causes(parse(z.uuid(), id));
  }

  @Get('runs/:id/failed-rows')
  failedRows(@Param('id') id: string, @Query() query: unknown): Promise<readonly FailedRowView[]> {
    const uuid = parse(z.uuid(), id);
    return this.operator.failedRows(uuid, parse(rowsSchema, query).limit);
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw new BadRequestException(z.prettifyError(result.error));
}
