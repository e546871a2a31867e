using System.Security.Cryptography;
using RaftAkka.Protocol;
using RaftAkka.Server;
using RaftAkka.Snapshots;

namespace RaftAkka.Simulation.Checks;

/// <summary>
/// Sessions are the same on every server at the same place of the log: how many there are and how late it is, wherever a
/// machine reports it, and every byte of the table, wherever two servers take a snapshot of the same entry.
/// </summary>
internal sealed class SessionChecks(Violations violations)
{
    private readonly Dictionary<LogIndex, (ServerId By, SessionsNow Sessions)> _reports = [];
    private readonly Dictionary<LogIndex, (ServerId By, string Digest)> _tables = [];

    private LogIndex _last;

    /// <summary>Cluster time, after the last entry that any server has reported.</summary>
    public TimeSpan Time { get; private set; }

    /// <summary>How many there are after the last entry that any server has reported.</summary>
    public int Count { get; private set; }

    /// <summary>The most that there were at any time.</summary>
    public int CountMax { get; private set; }

    /// <summary>How often two servers were compared.</summary>
    public int Compared { get; private set; }

    /// <summary>A machine says how its sessions are after an entry.</summary>
    public void OnReport(ServerId server, LogIndex through, SessionsNow sessions)
    {
        if (through > _last) (_last, Count, Time) = (through, sessions.Count, sessions.Time);
        CountMax = Math.Max(CountMax, sessions.Count);
        if (_reports.TryAdd(through, (server, sessions))) return;

        Compared++;
        var first = _reports[through];
        violations.Require(first.Sessions == sessions, "sessions expire alike on all servers",
            $"after entry {through}, {first.By} has {first.Sessions}, and {server} has {sessions}");
    }

    /// <summary>A machine was captured, and its table of sessions with it.</summary>
    public void OnCapture(ServerId server, WriteSnapshot write)
    {
        var bytes = new MemoryStream();
        write.Sessions.WriteTo(bytes);
        var (index, digest) = (write.Head.Last.Index, Convert.ToHexString(SHA256.HashData(bytes.ToArray())));
        if (_tables.TryAdd(index, (server, digest))) return;

        var first = _tables[index];
        violations.Require(first.Digest == digest, "sessions are the same on all servers",
            $"at entry {index}, the tables of sessions of {first.By} and {server} differ");
    }
}
