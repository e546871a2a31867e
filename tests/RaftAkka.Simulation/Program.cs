using RaftAkka.Simulation.Judging;

if (args.Contains(JudgeCommand.Verb)) return JudgeCommand.Run(args, Console.Out, Console.Error);

Console.Error.WriteLine(JudgeCommand.Usage);
return args.Length == 0 ? 0 : 2;
