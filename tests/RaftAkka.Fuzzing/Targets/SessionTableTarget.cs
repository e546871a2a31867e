using RaftAkka.KeyValue;
using RaftAkka.Protocol;

namespace RaftAkka.Fuzzing.Targets;

/// <summary>The session table of a snapshot.</summary>
internal sealed class SessionTableTarget() : FuzzTarget("sessions")
{
    public override IEnumerable<byte[]> Seeds() => [Written(new SessionTable())];

    protected override void Decode(byte[] input)
    {
        SessionTable table;
        try
        {
            table = SessionTable.Restore(new MemoryStream(input));
        }
        catch (InvalidDataException)
        {
            return;
        }

        var once = Written(table);
        SameBytes(once, Written(SessionTable.Restore(new MemoryStream(once))));
    }

    private static byte[] Written(SessionTable table)
    {
        using var source = table.Capture();
        using var stream = new MemoryStream();
        source.WriteTo(stream);
        return stream.ToArray();
    }
}

/// <summary>The key-value machine's state of a snapshot.</summary>
internal sealed class KeyValueStateTarget() : FuzzTarget("key-value-state")
{
    public override IEnumerable<byte[]> Seeds()
    {
        var machine = new KeyValueMachine();
        yield return Written(machine);
        foreach (var request in KeyValueRequestTarget.Commands())
            machine.Apply(new CommittedCommand(LogIndexOf(1), CommandBatchTarget.Session, new(1), request));
        yield return Written(machine);
    }

    protected override void Decode(byte[] input)
    {
        var machine = new KeyValueMachine();
        try
        {
            machine.Restore(new MemoryStream(input));
        }
        catch (InvalidDataException)
        {
            return;
        }
        catch (EndOfStreamException)
        {
            return;
        }

        var once = Written(machine);
        var again = new KeyValueMachine();
        again.Restore(new MemoryStream(once));
        SameBytes(once, Written(again));
    }

    private static LogIndex LogIndexOf(long index) => new(index);

    private static byte[] Written(KeyValueMachine machine)
    {
        using var source = machine.CaptureSnapshot();
        using var stream = new MemoryStream();
        source.WriteTo(stream);
        return stream.ToArray();
    }
}
