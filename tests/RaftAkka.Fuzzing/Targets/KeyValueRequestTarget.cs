using System.Text;
using RaftAkka.KeyValue;
using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;

namespace RaftAkka.Fuzzing.Targets;

/// <summary>Commands and queries of the key-value machine: none may end the server.</summary>
internal sealed class KeyValueRequestTarget() : FuzzTarget("key-value-requests")
{
    public static IEnumerable<byte[]> Commands() =>
    [
        Request.Put("a"u8, "1"u8), Request.Put("b"u8, "2"u8), Request.Delete("a"u8), Request.SwapIfAbsent("c"u8, "3"u8),
        Request.SwapIfValue("c"u8, "3"u8, "4"u8), Request.SwapIfRevision("c"u8, 2, "5"u8),
    ];

    public override IEnumerable<byte[]> Seeds() =>
        Commands().Concat([Request.Get("a"u8), Request.List("a"u8, "b"u8, 10), Request.List([], [], int.MaxValue)]);

    protected override void Decode(byte[] input)
    {
        var machine = new KeyValueMachine();
        foreach (var key in Enumerable.Range(0, 20))
            Apply(machine, Request.Put(Encoding.ASCII.GetBytes($"key-{key}"), "value"u8));

        Apply(machine, input);
        machine.Query(input);
    }

    private static void Apply(KeyValueMachine machine, byte[] command) =>
        machine.Apply(new CommittedCommand(new(1), CommandBatchTarget.Session, new(1), command));
}
