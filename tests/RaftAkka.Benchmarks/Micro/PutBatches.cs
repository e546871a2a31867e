using System.Buffers.Binary;
using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;

namespace RaftAkka.Benchmarks.Micro;

/// <summary>
/// Batches of a hundred puts that go round and round ten thousand keys in an order that no cache foresees, as a load
/// does. Encoded beforehand; only the numbers in them move on, and what is acknowledged stays a batch behind.
/// </summary>
internal sealed class PutBatches
{
    public const int Keys = 10_000;

    private readonly Command[][] _commands;
    private readonly byte[][] _payloads;
    private long _next;

    public PutBatches(SessionId session)
    {
        Session = session;
        var order = Enumerable.Range(0, Keys).ToArray();
        new Random(1).Shuffle(order);
        _commands =
        [
            .. order.Chunk(MicroBenchmarks.BatchCommands).Select(keys => keys.Select(key => new Command(
                new SequenceNumber(1),
                Request.Put(System.Text.Encoding.UTF8.GetBytes($"bench/{key:D6}"), new byte[MicroBenchmarks.ValueBytes])))
                .ToArray()),
        ];
        _payloads = [.. _commands.Select(commands => CommandBatch.Encode(session, default, commands))];
    }

    public SessionId Session { get; }

    /// <summary>Where the batch taken last stands in the log.</summary>
    public LogIndex Index => new(_next + 1);

    public Command[] NextCommands() => _commands[_next++ % _commands.Length];

    public byte[] NextPayload()
    {
        var payload = _payloads[_next % _payloads.Length];
        var first = (_next++ * MicroBenchmarks.BatchCommands) + 1;
        BinaryPrimitives.WriteInt64LittleEndian(
            payload.AsSpan(9), Math.Max(0, first - 1 - MicroBenchmarks.BatchCommands));

        var at = CommandBatch.HeaderBytes;
        for (var n = 0; n < MicroBenchmarks.BatchCommands; n++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(at), first + n);
            at += CommandBatch.CommandHeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(payload.AsSpan(at + 8));
        }

        return payload;
    }
}
