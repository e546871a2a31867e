using Akka.Event;
using RaftAkka.Log;
using RaftAkka.Protocol;

namespace RaftAkka.Server;

/// <summary>Everything that a server writes to its operator. Each line starts with server, role and term.</summary>
internal sealed class ServerLogLines(ILoggingAdapter log, ServerId server, Func<(ServerRole Role, Term Term)> state)
{
    private readonly HashSet<string> _strangers = [];

    private string Who
    {
        get
        {
            var (role, term) = state();
            return $"raft {server} ({role}, term {term})";
        }
    }

    public void Recovered(LogOpened opened) =>
        log.Info("{0}: recovered; the last entry is {1}, the vote of term {2} went to {3}",
            Who, opened.Last, opened.HardState.Term, opened.HardState.Vote?.Value ?? "nobody");

    public void SeesLeader(ServerId? leader) =>
        log.Info("{0}: the leader is {1}", Who, leader?.Value ?? "not known");

    public void LostMajority(TimeSpan silence) =>
        log.Warning("{0}: heard no majority of the servers for {1} ms; steps down. Clients find the next leader by themselves.",
            Who, silence.TotalMilliseconds);

    public void DiskIsFull(string facts) =>
        log.Error("{0}: the disk is full: {1}. Nothing is acknowledged until space returns; it is tried again by itself.", Who, facts);

    public void DiskHasSpace() => log.Info("{0}: the disk has space again; all that waited is written", Who);

    public void IgnoresImpossible(MessageHeader header, string facts) =>
        log.Warning("{0}: ignored a message of {1} that cannot be right: {2}", Who, header.Sender, facts);

    /// <summary>Once per stranger, so that it cannot fill the log.</summary>
    public void IgnoresStranger(MessageHeader header)
    {
        var stranger = $"{header.Sender} of cluster {header.Cluster}, group {header.Group}";
        if (_strangers.Count >= 100 || !_strangers.Add(stranger)) return;

        log.Warning("{0}: ignores messages of {1}: not a member here. Look at the members' addresses on both sides.", Who, stranger);
    }
}
