using RaftAkka.Protocol;
using static RaftAkka.Wire.ProtoWriter;

namespace RaftAkka.Wire;

/// <summary>
/// The messages that carry commands, queries and results, by hand: there is no object for every result, and
/// what came with a message is a view of it. Whoever keeps a small result for long copies it, or keeps the
/// message.
/// </summary>
internal static class BatchCodec
{
    private const int Batch = 1;
    private const int Consistency = 2;
    private const int Payload = 15;
    private const int Results = 15;
    private const int Sequence = 1;
    private const int Status = 2;
    private const int Result = 3;
    private const int LaterStatus = 4;

    public static byte[] Encode(SendCommands message) =>
        Encode(Manifests.SendCommands, message.Batch, consistency: 0, message.Payload);

    public static byte[] Encode(SendQueries message) =>
        Encode(Manifests.SendQueries, message.Batch, (long)message.Consistency, message.Payload);

    // The payload is not looked into here: its session does so, and can answer what is wrong with it.
    public static SendCommands DecodeCommands(ReadOnlyMemory<byte> bytes)
    {
        var (batch, _, payload) = Decode(Manifests.SendCommands, bytes);
        return new SendCommands(batch, payload);
    }

    public static SendQueries DecodeQueries(ReadOnlyMemory<byte> bytes)
    {
        var (batch, consistency, payload) = Decode(Manifests.SendQueries, bytes);
        return new SendQueries(
            batch, payload, Fields.Consistency(Manifests.SendQueries, "the consistency", consistency));
    }

    public static byte[] Encode(BatchResults message)
    {
        long size = NumberFieldBytes(message.Batch);
        foreach (var result in message.Results) size += NestedFieldBytes(Bytes(result));

        var bytes = Allocate(Manifests.BatchResults, size);
        var writer = new ProtoWriter(bytes);
        writer.NumberField(Batch, message.Batch);
        foreach (var result in message.Results)
        {
            writer.StartBytes(Results, Bytes(result));
            writer.NumberField(Sequence, result.Sequence.Value);
            var (status, later) = OnTheWire(result.Status);
            writer.NumberField(Status, status);
            writer.BytesField(Result, result.Result.Span);
            writer.NumberField(LaterStatus, later);
        }

        writer.ExpectFull();
        return bytes;
    }

    public static BatchResults DecodeResults(ReadOnlyMemory<byte> bytes)
    {
        const string manifest = Manifests.BatchResults;
        var batch = 0L;
        var results = new CommandResult[CountResults(bytes)];
        var filled = 0;
        var reader = new ProtoReader(manifest, bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case Batch << 3 | ProtoReader.Varint: batch = (long)reader.ReadVarint();                  break;
                case Results << 3 | ProtoReader.Bytes: results[filled++] = ReadResult(reader.ReadBytes()); break;
                default: reader.Skip(tag); break;
            }
        }

        return new BatchResults(Fields.Number(manifest, "the batch", batch), results);
    }

    private static byte[] Encode(string manifest, long batch, long consistency, ReadOnlyMemory<byte> payload)
    {
        var bytes = Allocate(
            manifest, NumberFieldBytes(batch) + NumberFieldBytes(consistency) + BytesFieldBytes(payload.Length));
        var writer = new ProtoWriter(bytes);
        writer.NumberField(Batch, batch);
        writer.NumberField(Consistency, consistency);
        writer.BytesField(Payload, payload.Span);
        writer.ExpectFull();
        return bytes;
    }

    private static (long Batch, long Consistency, ReadOnlyMemory<byte> Payload) Decode(
        string manifest, ReadOnlyMemory<byte> bytes)
    {
        long batch = 0, consistency = 0;
        var payload = ReadOnlyMemory<byte>.Empty;
        var reader = new ProtoReader(manifest, bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case Batch << 3 | ProtoReader.Varint: batch = (long)reader.ReadVarint();             break;
                case Consistency << 3 | ProtoReader.Varint: consistency = (long)reader.ReadVarint(); break;
                case Payload << 3 | ProtoReader.Bytes: payload = reader.ReadBytes();                 break;
                default: reader.Skip(tag); break;
            }
        }

        return (Fields.Number(manifest, "the batch", batch), consistency, payload);
    }

    private static int CountResults(ReadOnlyMemory<byte> bytes)
    {
        var count = 0;
        var reader = new ProtoReader(Manifests.BatchResults, bytes);
        while (reader.Next(out var tag))
        {
            if (tag == (Results << 3 | ProtoReader.Bytes)) count++;
            reader.Skip(tag);
        }

        return count <= WireLimits.ResultsMax
            ? count
            : throw new WireFormatException(Manifests.BatchResults, $"it has {count} results, more than any batch");
    }

    private static CommandResult ReadResult(ReadOnlyMemory<byte> bytes)
    {
        const string manifest = Manifests.BatchResults;
        long sequence = 0, status = 0, later = 0;
        var result = ReadOnlyMemory<byte>.Empty;
        var reader = new ProtoReader(manifest, bytes);
        while (reader.Next(out var tag))
        {
            switch (tag)
            {
                case Sequence << 3 | ProtoReader.Varint: sequence = (long)reader.ReadVarint(); break;
                case Status << 3 | ProtoReader.Varint: status = (long)reader.ReadVarint();     break;
                case Result << 3 | ProtoReader.Bytes: result = reader.ReadBytes();             break;
                case LaterStatus << 3 | ProtoReader.Varint: later = (long)reader.ReadVarint(); break;
                default: reader.Skip(tag); break;
            }
        }

        return new CommandResult(
            new SequenceNumber(Fields.Number(manifest, "a sequence number", sequence)),
            Fields.Status(IsKnown(later) ? later : status), result);
    }

    // One of a release after this is read as the nearest that this one knows.
    private static bool IsKnown(long later) =>
        later is > 0 and <= byte.MaxValue && Enum.IsDefined((CommandStatus)later);

    // A client of an earlier release knows no QueryFailed, and would drop the other results of the message with it. As
    // Malformed it ends the query as failed and does not ask again, which is what it should do.
    private static (long Status, long Later) OnTheWire(CommandStatus status) => status == CommandStatus.QueryFailed
        ? ((long)CommandStatus.Malformed, (long)status)
        : ((long)status, 0);

    private static int Bytes(in CommandResult result)
    {
        var (status, later) = OnTheWire(result.Status);
        return NumberFieldBytes(result.Sequence.Value) + NumberFieldBytes(status)
            + BytesFieldBytes(result.Result.Length) + NumberFieldBytes(later);
    }
}
