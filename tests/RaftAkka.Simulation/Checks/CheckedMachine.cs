using RaftAkka.Protocol;

namespace RaftAkka.Simulation.Checks;

/// <summary>Stands before a server's state machine and notes what reaches it.</summary>
internal sealed class CheckedMachine(
    MachineChecks checks, ServerId server, IStateMachine machine, Action<long> applied) : IStateMachine
{
    private long _applied;
    private ulong _digest;
    private LogIndex _last;

    public ReadOnlyMemory<byte> Apply(in CommittedCommand command)
    {
        var result = machine.Apply(command);
        _digest = MachineChecks.Digest(_digest, command, result.Span);
        checks.OnApplied(server, ++_applied, _last, command, _digest);
        _last = command.Index;
        applied(_applied);
        return result;
    }

    public ReadOnlyMemory<byte> Query(ReadOnlyMemory<byte> query) => machine.Query(query);
}

/// <summary>
/// State machine safety as the machines see it: each gets the same commands in the same order and answers alike,
/// and no command comes twice, however often its client sent it.
/// </summary>
internal sealed class MachineChecks(Violations violations)
{
    private const ulong FnvPrime = 1099511628211;

    private readonly List<ulong> _digests = [];
    private readonly HashSet<(SessionId, SequenceNumber)> _seen = [];

    public long CommandsApplied => _digests.Count;

    public static ulong Digest(ulong before, in CommittedCommand command, ReadOnlySpan<byte> result)
    {
        var digest = before ^ 14695981039346656037;
        digest = (digest ^ (ulong)command.Index.Value) * FnvPrime;
        digest = (digest ^ (ulong)command.Session.Value) * FnvPrime;
        digest = (digest ^ (ulong)command.Sequence.Value) * FnvPrime;
        foreach (var b in command.Body.Span) digest = (digest ^ b) * FnvPrime;
        foreach (var b in result) digest = (digest ^ b) * FnvPrime;
        return digest;
    }

    public void OnApplied(ServerId server, long number, LogIndex last, in CommittedCommand command, ulong digest)
    {
        violations.Require(command.Index >= last, "applied never goes back",
            $"{server} applies a command of entry {command.Index} after one of entry {last}");
        if (number <= _digests.Count)
        {
            violations.Require(_digests[(int)number - 1] == digest, "every machine applies the same and answers alike",
                $"{server} parts from the others at its command {number}, in entry {command.Index}");
            return;
        }

        _digests.Add(digest);
        violations.Require(_seen.Add((command.Session, command.Sequence)), "every command is applied at most once",
            $"{server} applies command {command.Sequence} of session {command.Session} again, in entry {command.Index}");
    }
}
