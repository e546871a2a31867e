using System.Buffers.Binary;
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

    public ISnapshotSource CaptureSnapshot() =>
        new CheckedSnapshot(_applied, _digest, _last, machine.CaptureSnapshot());

    public void Restore(Stream snapshot)
    {
        var notes = new byte[CheckedSnapshot.NotesBytes];
        snapshot.ReadExactly(notes);
        machine.Restore(snapshot);

        (_applied, _digest, _last) = CheckedSnapshot.Read(notes);
        checks.OnRestored(server, _applied, _last, _digest);
        applied(_applied);
    }

    /// <summary>What was noted travels before the machine's own state, so that it is known wherever that state goes.</summary>
    private sealed class CheckedSnapshot(long applied, ulong digest, LogIndex last, ISnapshotSource source)
        : ISnapshotSource
    {
        public const int NotesBytes = 24;

        public static (long Applied, ulong Digest, LogIndex Last) Read(ReadOnlySpan<byte> notes) => (
            BinaryPrimitives.ReadInt64LittleEndian(notes),
            BinaryPrimitives.ReadUInt64LittleEndian(notes[8..]),
            new LogIndex(BinaryPrimitives.ReadInt64LittleEndian(notes[16..])));

        public void WriteTo(Stream destination)
        {
            Span<byte> notes = stackalloc byte[NotesBytes];
            BinaryPrimitives.WriteInt64LittleEndian(notes, applied);
            BinaryPrimitives.WriteUInt64LittleEndian(notes[8..], digest);
            BinaryPrimitives.WriteInt64LittleEndian(notes[16..], last.Value);
            destination.Write(notes);
            source.WriteTo(destination);
        }

        public void Dispose() => source.Dispose();
    }
}

/// <summary>
/// State machine safety as the machines see it: each gets the same commands in the same order and answers alike,
/// and no command comes twice, however often its client sent it.
/// </summary>
internal sealed class MachineChecks(Violations violations)
{
    private const ulong FnvPrime = 1099511628211;

    private readonly HashSet<SessionId> _sessions = [];
    private readonly HashSet<SessionId> _oldSessions = [];
    private readonly List<ulong> _digests = [];
    private readonly HashSet<(SessionId, SequenceNumber)> _seen = [];

    public long CommandsApplied => _digests.Count;

    /// <summary>The checks of a cluster that is set up anew after this one: whose sessions are not those of this one.</summary>
    public MachineChecks Successor()
    {
        var successor = new MachineChecks(violations);
        successor._oldSessions.UnionWith(_oldSessions);
        successor._oldSessions.UnionWith(_sessions);
        return successor;
    }

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

    /// <summary>A machine goes on from a snapshot: that must be a state that some machine has had.</summary>
    public void OnRestored(ServerId server, long number, LogIndex last, ulong digest) =>
        violations.Require(
            number == 0 ? digest == 0 : number <= _digests.Count && _digests[(int)number - 1] == digest,
            "every machine applies the same and answers alike",
            $"{server} goes on from a snapshot after command {number}, in entry {last}, that no machine has had");

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
        _sessions.Add(command.Session);
        violations.Require(!_oldSessions.Contains(command.Session), "a new cluster knows no session of an old one",
            $"{server} applies command {command.Sequence} of session {command.Session}, in entry {command.Index}");
        violations.Require(_seen.Add((command.Session, command.Sequence)), "every command is applied at most once",
            $"{server} applies command {command.Sequence} of session {command.Session} again, in entry {command.Index}");
    }
}
