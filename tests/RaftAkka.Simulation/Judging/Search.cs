namespace RaftAkka.Simulation.Judging;

/// <summary>
/// Looks for a legal order of the operations on one key: the algorithm of Wing and Gong with the cache and
/// the doubly linked list of Lowe ("Testing for linearizability", 2017). The list holds the calls and
/// returns of known operations that are not ordered yet; whatever is called before the first return in it
/// may come next. The history is linearizable once the list is empty: an unknown operation may stay out.
/// </summary>
/// <remarks>
/// Why it is right to look at fewer orders than all. Call a configuration good if some completion (a legal
/// order of the rest) exists, and rank it by the number of operations in its shortest one. Every rule here
/// and in the other part of this class leaves out only steps that (a) lead to a configuration that is not
/// good, or (b) no shortest completion needs: leaving the step out, or exchanging it, gives a completion
/// that is as short or shorter. Now suppose the search has ended without an order although a configuration
/// that it visited is good. Take the good one of least rank. The first step of a shortest completion led
/// from there to a configuration of smaller rank, which was either visited (but it would be of least rank)
/// or covered by a visited one that is good with the same completion (likewise). So there was none.
/// </remarks>
internal sealed partial class Search
{
    private const int Head = 0;
    private const int None = -1;

    private readonly KeyHistory history;
    private readonly Budget budget;
    private readonly Visited visited;
    private readonly Needs needs;
    private readonly int[] next;
    private readonly int[] previous;
    private readonly ulong[] orderedKnown;
    private readonly ulong[] usedUnknown;
    private readonly Stack<Step> steps = [];
    private int value = Values.Absent;
    private int lastTried = None;
    private bool arrived = true;

    /// <summary>
    /// An operation in the order, what the key held before it, and whether there was a choice.
    /// </summary>
    private readonly record struct Step(int Operation, int Before, bool IsChoice);

    public Search(KeyHistory history, Budget budget)
    {
        this.history = history;
        this.budget = budget;
        visited = new Visited(budget);
        needs = new Needs(history);
        orderedKnown = new ulong[(history.KnownCount / 64) + 1];
        usedUnknown = new ulong[(history.UnknownCount / 64) + 1];
        next = new int[history.Line.Length];
        previous = new int[history.Line.Length];

        var last = Head;
        for (var position = 1; position < history.Line.Length; position++)
        {
            if (history.Line[position].Operation >= history.KnownCount) continue;
            next[last] = position;
            previous[position] = last;
            last = position;
        }
        next[last] = Head;
        previous[Head] = last;
    }

    /// <summary>Searches on from where the last call stopped.</summary>
    public Answer Run(long stepsMax)
    {
        for (var left = stepsMax; left > 0; left--)
        {
            if (arrived)
            {
                TakeReads();
                if (next[Head] == Head) return Answer.Linearizable;
            }
            if (!budget.Spend()) return Answer.Undecided;

            var dead = arrived && (!needs.CanBeMet(value) || !NextNeedCanBeMet() || !IsNew());
            arrived = false;
            var candidate = dead ? None : NextCandidate(lastTried);
            if (candidate != None)
            {
                Take(candidate, isChoice: true);
                (lastTried, arrived) = (None, true);
            }
            else if (!TakeBackLastChoice())
            {
                return Answer.NotLinearizable;
            }
        }
        return Answer.Undecided;
    }

    public void Release() => visited.Release();

    // A legal read that may come next can come now: it changes nothing, so in any completion it can be moved
    // to the front. One pass is enough: a return that goes out of the way is behind us only if its call is.
    private void TakeReads()
    {
        for (var position = next[Head]; position != Head; position = next[position])
        {
            var point = history.Line[position];
            if (point.IsReturn) return;
            var effect = history.Effects[point.Operation];
            var legal = effect.Kind switch
            {
                EffectKind.Reads => effect.Expect == value,
                EffectKind.ReadsOtherThan => effect.Expect != value,
                _ => false,
            };
            if (!legal) continue;
            var operation = point.Operation;
            position = previous[position];   // The next one may be this operation's return, which goes too.
            Take(operation, isChoice: false);
            budget.Spend();
        }
    }

    private bool IsNew()
    {
        // All known operations before the first one in the list are ordered, and none after the first
        // return: words beyond these carry nothing.
        var first = history.Line[next[Head]].Operation / 64;
        var ahead = history.Line[FirstReturn()];
        var last = Math.Max(first, (ahead.KnownCalls - 1) / 64);
        return visited.Add(
            value, first, orderedKnown.AsSpan(first, last - first + 1),
            usedUnknown.AsSpan(0, (ahead.UnknownCalls + 63) / 64));
    }

    private int FirstReturn()
    {
        var position = next[Head];
        while (!history.Line[position].IsReturn) position = next[position];
        return position;
    }

    private void Take(int operation, bool isChoice)
    {
        steps.Push(new Step(operation, value, isChoice));
        needs.Take(operation);
        value = After(operation);
        if (operation >= history.KnownCount)
        {
            Flip(usedUnknown, operation - history.KnownCount);
            return;
        }
        Flip(orderedKnown, operation);
        Unlink(history.CallPosition[operation]);
        Unlink(history.ReturnPosition[operation]);
    }

    private bool TakeBackLastChoice()
    {
        while (steps.TryPop(out var step))
        {
            value = step.Before;
            needs.TakeBack(step.Operation);
            if (step.Operation >= history.KnownCount)
            {
                Flip(usedUnknown, step.Operation - history.KnownCount);
            }
            else
            {
                Flip(orderedKnown, step.Operation);
                Relink(history.ReturnPosition[step.Operation]);
                Relink(history.CallPosition[step.Operation]);
            }
            if (!step.IsChoice) continue;
            lastTried = step.Operation;
            return true;
        }
        return false;
    }

    private int After(int operation)
    {
        var effect = history.Effects[operation];
        return effect.Kind switch
        {
            EffectKind.Sets or EffectKind.Swaps => effect.Value,
            EffectKind.Appends => history.Values.Append(value, effect.Text!),
            _ => value,
        };
    }

    private static void Flip(ulong[] bits, int bit) => bits[bit / 64] ^= 1UL << (bit % 64);

    private void Unlink(int position)
    {
        next[previous[position]] = next[position];
        previous[next[position]] = previous[position];
    }

    private void Relink(int position)
    {
        next[previous[position]] = position;
        previous[next[position]] = position;
    }
}
