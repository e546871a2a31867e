using System.Text;
using RaftAkka.Client;
using RaftAkka.KeyValue.Wire;
using RaftAkka.Protocol;
using RaftAkka.Simulation.Engine;
using RaftAkka.Simulation.Judging;
using Operation = RaftAkka.Simulation.Judging.Operation;

namespace RaftAkka.Simulation.Worlds;

/// <summary>
/// One user of the key-value store, who does one thing at a time. Every value is written once, so that whoever
/// reads it knows where it came from.
/// </summary>
internal sealed class KeyValueUser(World world, SimulatedClient client, long process)
{
    private const int LongValue = 1500;

    private readonly Dictionary<string, string?> _seen = new(StringComparer.Ordinal);
    private int _writes;

    public bool IsWaiting { get; private set; }

    /// <summary>Does nothing more of its own accord.</summary>
    public bool IsAtRest { get; set; }

    public Action? Answered { get; set; }

    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How the last call ended.</summary>
    public Outcome LastOutcome { get; private set; }

    /// <summary>The key that the last call changed, or would have; null where it only read, or failed.</summary>
    public string? LastWrote { get; private set; }

    public void Get(string key) => Do(
        at => Operation.Get(process, key, null, at, at),
        ClientCallKind.Query, Request.Get(Bytes(key)),
        (called, at, reply) => called with { Return = at, Value = ValueIn(key, reply) });

    /// <summary>Reads what some server has, of any age: not for the judge of linearizable histories.</summary>
    public void GetStale(string key)
    {
        (IsWaiting, LastWrote) = (true, null);
        world.Events.Add($"{client.Name} user {process}", "calls", $"a stale get of {key}");
        var call = new ClientCall(ClientCallKind.Query, Request.Get(Bytes(key)), Timeout)
        {
            Consistency = ReadConsistency.Stale,
        };
        client.Call(call, (reply, failure) =>
        {
            IsWaiting = false;
            LastOutcome = reply is null ? Outcome.Failed : Outcome.Known;
            if (reply is { } result) world.StaleReads.Add(key, Entry(key, result), world.History.Now());
            world.Events.Add($"{client.Name} user {process}", $"{LastOutcome}", "of a stale get");
            Answered?.Invoke();
        });
    }

    /// <summary>Asks what the machine throws at, or what takes it long.</summary>
    public void AskForTrouble(bool throws)
    {
        (IsWaiting, LastWrote) = (true, null);
        world.Events.Add($"{client.Name} user {process}", "calls", throws ? "a query that throws" : "a query that stalls");
        var query = throws ? TroublesomeQueries.Throws : TroublesomeQueries.Stalls;
        client.Call(new ClientCall(ClientCallKind.Query, query, Timeout), (reply, failure) =>
        {
            IsWaiting = false;
            LastOutcome = reply is null ? Outcome.Failed : Outcome.Known;
            world.Violations.Require(!throws || reply is null, "a query that throws is answered with its failure",
                $"{client.Name} user {process} got a result of {reply?.Length} bytes");
            world.Events.Add($"{client.Name} user {process}", $"{LastOutcome}", failure?.GetType().Name ?? "a result");
            Answered?.Invoke();
        });
    }

    public void Put(string key)
    {
        var value = NewValue();
        Do(at => Operation.Put(process, key, value, at, at),
            ClientCallKind.Command, Request.Put(Bytes(key), Bytes(value)),
            (called, at, _) => Saw(called with { Return = at }, value));
    }

    public void Delete(string key) => Do(
        at => Operation.Delete(process, key, at, at),
        ClientCallKind.Command, Request.Delete(Bytes(key)),
        (called, at, _) => Saw(called with { Return = at }, null));

    /// <summary>Swaps what this user saw last for a new value.</summary>
    public void Swap(string key)
    {
        var (expect, value) = (_seen.GetValueOrDefault(key), NewValue());
        Do(at => Operation.Cas(process, key, expect, value, false, at, at),
            ClientCallKind.Command,
            expect is null
                ? Request.SwapIfAbsent(Bytes(key), Bytes(value))
                : Request.SwapIfValue(Bytes(key), Bytes(expect), Bytes(value)),
            (called, at, reply) =>
            {
                var result = ReplyReader.Swap(reply)!.Value;
                var now = result.Swapped ? value : result.CurrentValue is { } current ? Text(current) : null;
                return Saw(called with { Return = at, Swapped = result.Swapped }, now);
            });
    }

    /// <summary>
    /// Writes nothing. A command hangs where the leader is cut off, and whoever waits for it reads nothing there; but
    /// that is where old values are.
    /// </summary>
    public bool OnlyReads { get; init; }

    /// <summary>Does something that the dice choose.</summary>
    public void Act(Dice dice, IReadOnlyList<string> keys)
    {
        var key = dice.Pick(keys);
        if (OnlyReads)
        {
            Get(key);
            return;
        }

        switch (dice.Below(10))
        {
            case < 1: GetStale(key); break;
            case < 4: Get(key);    break;
            case < 7: Put(key);    break;
            case < 9: Swap(key);   break;
            default:  Delete(key); break;
        }
    }

    private void Do(
        Func<long, Operation> call, ClientCallKind kind, byte[] body,
        Func<Operation, long, ReadOnlyMemory<byte>, Operation> answer)
    {
        (IsWaiting, LastWrote) = (true, null);
        var open = world.History.Begin(call);
        world.Events.Add($"{client.Name} user {process}", "calls", Report.Of(open.Called));
        client.Call(kind, body, Timeout, (reply, failure) =>
        {
            IsWaiting = false;
            world.History.End(open, (called, at) =>
            {
                var ended = reply is { } result ? answer(called, at, result)
                    : failure is OutcomeUnknownException ? called.WithoutAnswer()
                    : called.Refused();
                LastOutcome = ended.Outcome;
                world.Events.Add($"{client.Name} user {process}", $"{ended.Outcome}", Report.Of(ended));
                return ended;
            });
            Answered?.Invoke();
        });
    }

    private string? ValueIn(string key, ReadOnlyMemory<byte> reply) => _seen[key] = Entry(key, reply);

    private static string? Entry(string key, ReadOnlyMemory<byte> reply)
    {
        ReplyReader.TryGet(Bytes(key), reply, out var entry);
        return entry is null ? null : Text(entry.Value);
    }

    private Operation Saw(Operation ended, string? value)
    {
        _seen[ended.Key] = value;
        LastWrote = ended.Key;
        return ended;
    }

    private string NewValue()
    {
        // Some are long, so that files end and windows fill.
        var value = $"{process}.{++_writes}";
        return _writes % 16 == 0 ? value.PadRight(LongValue, '.') : value;
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}
