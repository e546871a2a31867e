namespace RaftAkka.Protocol;

/// <summary>What a query's answer promises. The numbers are part of the wire format.</summary>
public enum ReadConsistency : byte
{
    /// <summary>The answer reflects everything that was acknowledged before the query was asked.</summary>
    Linearizable = 0,

    /// <summary>
    /// Whatever the server that answers has applied: a state that the cluster once had, of any age, even older than
    /// one that the same client has seen. Needs no leader and no majority.
    /// </summary>
    Stale = 1,
}
