using System.Numerics;

namespace RaftAkka.Simulation.Judging;

/// <summary>What may come next, and which of it is worth trying.</summary>
internal sealed partial class Search
{
    // How far to look for the next need. Any number is right; a larger one finds dead ends sooner.
    private const int LookaheadPositions = 128;

    /// <summary>
    /// The next operation to try after the given one: known ones in the order of their calls, then unknown
    /// ones, so that the cache meets configurations that used few unknown operations first.
    /// </summary>
    private int NextCandidate(int after)
    {
        if (after < history.KnownCount)
        {
            var position = after == None ? next[Head] : next[history.CallPosition[after]];
            for (; !history.Line[position].IsReturn; position = next[position])
                if (IsLegalWrite(history.Line[position].Operation)) return history.Line[position].Operation;
        }
        if (history.UnknownCount == 0) return None;

        var called = history.Line[FirstReturn()].UnknownCalls;
        var number = NextUnused(Math.Max(0, after + 1 - history.KnownCount));
        while (number < called && !IsWorthwhile(number)) number = NextUnused(number + 1);
        return number < called ? history.KnownCount + number : None;
    }

    // Reads that are legal have been taken already; the others are not legal.
    private bool IsLegalWrite(int operation)
    {
        var effect = history.Effects[operation];
        return effect.Kind switch
        {
            EffectKind.Sets or EffectKind.Appends => true,
            EffectKind.Swaps => effect.Expect == value,
            _ => false,
        };
    }

    // An unknown operation that has been called may come now or later or never. It is not tried
    // - if it changes nothing: without it the completion is shorter;
    // - before its twin: of two that do the same, the one called first can stand in for the other;
    // - if nothing that may come next notices it: then the next step of the completion is a put or a delete,
    //   which makes it undone (or there is no next step), and without it the completion is shorter.
    private bool IsWorthwhile(int number)
    {
        if (history.Twin[number] is var twin && twin != None && !IsUsed(twin)) return false;
        var operation = history.KnownCount + number;
        if (!IsLegalWrite(operation)) return false;
        var after = After(operation);
        if (after == value || (after == Values.Unseen && !history.HasMisses)) return false;
        return SomethingNotices(after, operation);
    }

    private bool SomethingNotices(int changed, int by)
    {
        var position = next[Head];
        for (; !history.Line[position].IsReturn; position = next[position])
            if (Notices(history.Line[position].Operation, changed, by)) return true;

        var called = history.Line[position].UnknownCalls;
        for (var number = NextUnused(0); number < called; number = NextUnused(number + 1))
            if (Notices(history.KnownCount + number, changed, by)) return true;
        return false;
    }

    private bool Notices(int operation, int changed, int by)
    {
        var effect = history.Effects[operation];
        return effect.Kind switch
        {
            EffectKind.Reads or EffectKind.Swaps => effect.Expect == changed,
            EffectKind.ReadsOtherThan => effect.Expect != changed,
            EffectKind.Appends => operation != by && AppendNotices(effect, changed, by),
            _ => false,
        };
    }

    // What an append makes of it is unseen: only a cas that did not swap can want that, and where a put made
    // the value unseen already, the put may as well come after the append.
    private bool AppendNotices(Effect append, int changed, int by) =>
        history.Values.Append(changed, append.Text!) != Values.Unseen
        || (history.HasMisses && (changed != Values.Unseen || history.Effects[by].Kind != EffectKind.Sets));

    private bool IsUsed(int number) => (usedUnknown[number / 64] >> (number % 64) & 1) != 0;

    private int NextUnused(int number)
    {
        for (var word = number / 64; word < usedUnknown.Length; word++)
        {
            var unused = ~usedUnknown[word];
            if (word == number / 64) unused &= ulong.MaxValue << (number % 64);
            if (unused != 0) return (word * 64) + BitOperations.TrailingZeroCount(unused);
        }
        return int.MaxValue - 1;
    }

    // The get or swap that returns first, of those not ordered yet, comes before anything called after its
    // return. It finds its value only if what the key holds now grows into that value by appends, or if
    // what a remaining put, delete or cas leaves behind does; otherwise no completion exists.
    private bool NextNeedCanBeMet()
    {
        var position = next[Head];
        for (var looked = 0; looked < LookaheadPositions && position != Head; looked++)
        {
            var point = history.Line[position];
            if (point.IsReturn && history.Effects[point.Operation] is
                { Kind: EffectKind.Reads or EffectKind.Swaps, Expect: var wanted })
                return CanStillBecome(wanted, position);
            position = next[position];
        }
        return true;
    }

    private bool CanStillBecome(int wanted, int deadline)
    {
        if (LeadsTo(value, wanted)) return true;
        for (var position = next[Head]; position != deadline; position = next[position])
            if (!history.Line[position].IsReturn && LeavesBehind(history.Line[position].Operation, wanted))
                return true;

        var called = history.Line[deadline].UnknownCalls;
        for (var number = NextUnused(0); number < called; number = NextUnused(number + 1))
            if (LeavesBehind(history.KnownCount + number, wanted)) return true;
        return false;
    }

    private bool LeavesBehind(int operation, int wanted)
    {
        var effect = history.Effects[operation];
        return effect.Kind is EffectKind.Sets or EffectKind.Swaps && LeadsTo(effect.Value, wanted);
    }

    private bool LeadsTo(int from, int wanted) =>
        from == wanted || (history.HasAppends && history.Values.CanGrowInto(from, wanted));
}
