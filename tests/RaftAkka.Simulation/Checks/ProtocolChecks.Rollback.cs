using RaftAkka.Protocol;

namespace RaftAkka.Simulation.Checks;

/// <summary>A server whose disk goes back to what it was before.</summary>
internal sealed partial class ProtocolChecks
{
    /// <summary>What is known of a server now.</summary>
    public ServerShadow CopyOf(ServerId server) => _servers[server].Copy();

    /// <summary>
    /// Whether nothing is lost if a server becomes what it was: it has promised no other term and vote since, and nothing
    /// that is not committed; and whatever is committed is on the disks of a majority without it.
    /// </summary>
    public bool OutlivesRollback(ServerShadow before)
    {
        var now = _servers[before.Server];
        if (now.State != before.State || now.DurableState != before.DurableState || now.State != now.DurableState) return false;
        if (now.Recoveries != before.Recoveries || now.Submitted.LastIndex > CommittedIndex) return false;
        if (!IsMembershipSettled || _configurations.Latest(before.Submitted).Entry != _configurations.Latest(now.Submitted).Entry)
            return false;

        var stamp = StampOf(CommittedIndex);
        return Members.HasMajority(voter => voter != before.Server && _servers[voter].Durable.Holds(CommittedIndex, stamp));
    }

    public void OnRolledBack(ServerShadow before) => _servers[before.Server].RollBackTo(before);
}
