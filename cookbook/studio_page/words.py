"""What the page says in Chinese: one table, used by its script if the browser asks for it.

The program says everything in English, so that nothing of it depends on a visitor's language. The
script exchanges whole texts that stand in the table; `{}` stands for any words. What models, tools
and visitors say is left as it is. Gradio translates its own words by itself.
"""

from __future__ import annotations

import json

CHINESE: dict[str, str] = {
    # Head and tabs
    "Every model and tool of 302.AI, to try": "试用 302.AI 的所有模型和工具",
    "Local emulator": "本机模拟器",
    "Not 302.AI: it answers by rules, and its prices and news are invented. Its OCR is real.": (
        "不是 302.AI：它按规则回答，价格和新闻都是虚构的；文字识别是真的。"
    ),
    "Not 302.AI: answers by rules": "不是 302.AI：按规则回答",
    "Answers and images cost money.": "回答和图片都要付费。",
    "Costs money.": "要付费。",
    "Chat": "对话",
    "Compare": "比较",
    "Draw": "绘图",
    "Extract": "提取",
    "Tools": "工具",
    # Chat
    "What would you like to know?": "想知道什么？",
    "Ask below, or begin with one of these.": "在下面提问，或从这些开始。",
    "What is the total on this receipt?": "这张收据的合计是多少？",
    "What is in the news about AI today?": "今天有什么关于 AI 的新闻？",
    "Ask anything, or drop an image in": "随便问，也可以拖入图片",
    "Not sent yet": "还没有发送",
    "The last answer is still coming. Stop it, or wait for its end.": (
        "上一个回答还没有结束。请停止它，或等它结束。"
    ),
    "Model": "模型",
    "Choose a model.": "请选择模型。",
    "Choose a model": "选择模型",
    "Read images for the model": "为模型读图",
    "Auto: only for a model that cannot see. Another model reads, and bills.": (
        "自动：只为看不见图片的模型。由另一个模型来读，也要付费。"
    ),
    "Off": "关",
    "Auto": "自动",
    "On": "开",
    "Search the web": "联网搜索",
    "Bills the search service's fee.": "收取搜索服务的费用。",
    "Search service": "搜索服务",
    "The gateway's own": "网关自带",
    "Results": "结果数",
    "Let DeepSeek-R1 think first": "先让 DeepSeek-R1 思考",
    "Bills one more call.": "多收一次调用的费用。",
    "System prompt and temperature": "系统提示词和温度",
    "System prompt": "系统提示词",
    "None": "无",
    "Temperature": "温度",
    "The model's own": "模型默认",
    "New conversation": "新对话",
    "This question:": "这个问题：",
    "Reads images: off": "读图：关",
    "Reads images: always": "读图：总是",
    "Web search": "联网搜索",
    "DeepSeek-R1 thinks first": "DeepSeek-R1 先思考",
    "Temperature {}": "温度 {}",
    "Nothing is known of this model. It is asked by its name all the same.": (
        "没有关于这个模型的资料，仍按名字请求。"
    ),
    "Sees images, {} tokens of context, {} in and {} out.": "能看图，{} 个 token 的上下文，输入 {}，输出 {}。",
    "Sees images, thinks first, {} tokens of context, {} in and {} out.": (
        "能看图，先思考，{} 个 token 的上下文，输入 {}，输出 {}。"
    ),
    "Cannot see images, {} tokens of context, {} in and {} out.": (
        "不能看图，{} 个 token 的上下文，输入 {}，输出 {}。"
    ),
    "Cannot see images, thinks first, {} tokens of context, {} in and {} out.": (
        "不能看图，先思考，{} 个 token 的上下文，输入 {}，输出 {}。"
    ),
    # Under an answer
    "Asking…": "正在请求…",
    "Stopped. The model is not told of this question again.": "已停止。这个问题不会再告诉模型。",
    "{} tokens in, {} out": "输入 {} 个 token，输出 {}",
    "{} s": "{} 秒",
    "cost not recorded yet": "费用还没有记录",
    "request {}": "请求 {}",
    "Copy": "复制",
    "Code": "代码",
    "1 answer, {} so far. 1 PTC is 1 US dollar.": "1 个回答，到目前 {}。1 PTC 为 1 美元。",
    "{} answers, {} so far. 1 PTC is 1 US dollar.": "{} 个回答，到目前 {}。1 PTC 为 1 美元。",
    # Compare
    "Question for all": "给所有模型的问题",
    "What should I check before a day trip with a small boat?": "乘小船出游之前要检查什么？",
    "Models to compare": "要比较的模型",
    "Two to four. Each answer is billed.": "两到四个。每个回答都要付费。",
    "Image (optional)": "图片（可选）",
    "Read the image for the models": "为模型读图",
    "Search the web for each": "每个都联网搜索",
    "Stop all": "全部停止",
    "Choose two to four models, write a question, and compare.": (
        "选择两到四个模型，写下问题，然后比较。"
    ),
    "Time": "时间",
    "Tokens out": "输出 token",
    "Cost": "费用",
    "fastest": "最快",
    "not told": "未告知",
    "not recorded yet": "还没有记录",
    "These models cannot be compared.": "这些模型不能比较。",
    "Choose two to four.": "请选择两到四个。",
    "There is no question yet.": "还没有问题。",
    "Write one, or give an image.": "请写下问题，或给一张图片。",
    "cheapest": "最便宜",
    "{} s ": "{} 秒 ",
    # Draw
    "What to make": "做什么",
    "An image": "图片",
    "Avatars": "头像",
    "Image to work on": "要处理的图片",
    "Image to work on (optional)": "要处理的图片（可选）",
    "Photo of a face": "人脸照片",
    "Use a sample photo": "使用示例照片",
    "What to draw": "画什么",
    "a lighthouse at dusk": "黄昏的灯塔",
    "Image model": "图片模型",
    "Size or shape": "尺寸或比例",
    "Who is on the photo": "照片上是谁",
    "Female": "女性",
    "Male": "男性",
    "Kid": "儿童",
    "Style": "风格",
    "Avatar size": "头像尺寸",
    "How many": "数量",
    "Drawing…": "正在绘制…",
    "Ordered. This takes seconds, or minutes.": "已下单，需要几秒或几分钟。",
    "Your images appear here": "图片会出现在这里",
    "They are gone when the page ends: save what you like.": "页面关闭后就会消失：请保存喜欢的。",
    "Price: {} ({}). Until a record says more, an image counts as {} of the {} that this page may "
    "spend on it.": "价格：{}（{}）。在有记录之前，一张图片按 {} 计，本页最多花费 {}。",
    # Extract
    "Scans, photos or PDFs": "扫描件、照片或 PDF",
    "Use a sample receipt": "使用示例收据",
    "Columns": "列",
    "What to find, between commas; “: number” makes a column of numbers.": (
        "要找什么，用逗号分隔；“: number” 表示数字列。"
    ),
    "A row for each item": "每个条目一行",
    "Else a row for each page.": "否则每页一行。",
    "Price: a call of the reading model for each page; of a file, 20 pages at most.": "价格：每页调用一次读图模型；每个文件最多 20 页。",
    "Give 1 to 20 files, and 1 to 12 columns.": "请给出 1 到 20 个文件和 1 到 12 列。",
    "The table appears here.": "表格会出现在这里。",
    "Download as CSV": "下载 CSV",
    "Reading. A page takes seconds.": "正在读取，一页需要几秒。",
    "Rows: {}. Pages read: {}. {}": "行数：{}。读取页数：{}。{}",
    "Not read: {}": "没有读取：{}",
    # Tools
    "Tool": "工具",
    "{} is missing.": "缺少：{}",
    "Fill it in first.": "请先填写。",
    "Left out": "不填",
    "What a tool answers appears here.": "工具的回答会出现在这里。",
    "Asked. Most take seconds; a video takes minutes.": "已请求。大多只要几秒；视频需要几分钟。",
    "Run": "运行",
    "Price: {} ({}). Until a record says more, a call counts as {} of the {} that this tab may "
    "spend.": "价格：{}（{}）。在有记录之前，一次调用按 {} 计，本页最多花费 {}。",
    # What went wrong
    "The gateway does not know this key.": "网关不认识这个 key。",
    "Set AI302_API_KEY to a key from dash.302.ai/apis/list, and start the page again.": (
        "请把 AI302_API_KEY 设为 dash.302.ai/apis/list 的 key，再重新启动页面。"
    ),
    "The key may not do this.": "这个 key 没有权限。",
    "The balance, or the limit of the key, is used up.": "余额或 key 的限额已用完。",
    "Top up or raise the limit in the 302.AI dashboard, then ask again.": (
        "请在 302.AI 控制台充值或提高限额，再试一次。"
    ),
    "The gateway has no such model just now.": "网关现在没有这个模型。",
    "Choose another model from the list.": "请从列表中选择别的模型。",
    "This is longer than the model can read.": "内容超过了模型能读的长度。",
    "The model does not accept this request.": "模型不接受这个请求。",
    "Change the question or the options, or choose another model.": (
        "请修改问题或选项，或选择别的模型。"
    ),
    "Too many questions in a short time.": "短时间内请求太多。",
    "Wait a moment, then ask again. Nothing was billed.": "请稍等再试，没有收费。",
    "The gateway, or the model behind it, has a fault.": "网关或它后面的模型出了故障。",
    "This usually passes: ask again in a moment.": "通常很快恢复：请稍后再试。",
    "The gateway cannot be reached.": "无法连接网关。",
    "The answer broke off before its end.": "回答中途断开了。",
    "What had come stands above. Ask again; this call may have been billed.": (
        "已收到的内容在上面。请再试一次；这次调用可能已收费。"
    ),
    "The gateway took too long.": "网关用时太长。",
    "The connection to the gateway broke.": "与网关的连接断开了。",
    "This cannot be sent.": "这个不能发送。",
    "Change it as said here, and try again. Nothing was sent.": (
        "请按这里所说修改再试。没有发送任何内容。"
    ),
    "The gateway took the job, and then failed it.": "网关接受了任务，随后失败了。",
    "Change the words or the model, and try again. It may have been billed.": (
        "请修改描述或模型再试。可能已经收费。"
    ),
    "A setting cannot be used.": "有一项设置不能使用。",
    "The gateway sent something that is no answer.": "网关返回的内容不是回答。",
    "Ask again; if it happens twice, report it with the id.": "请再试一次；若再次发生，请附上 id 反馈。",
    "This did not work.": "没有成功。",
    "Choose another model, or allow this one for the key in the 302.AI dashboard.": "请选择别的模型，或在 302.AI 控制台为这个 key 允许它。",
    "Start a new conversation, shorten the question, or choose a model with a longer context.": "请开始新对话、缩短问题，或选择上下文更长的模型。",
    "Check the network and AI302_BASE_URL. Nothing was sent, nothing was billed.": "请检查网络和 AI302_BASE_URL。没有发送，也没有收费。",
    "Ask again in a moment; this call may have been billed.": "请稍后再试；这次调用可能已收费。",
    "Ask again; this call may have been billed.": "请再试一次；这次调用可能已收费。",
    "Mend it as said here, and start the page again.": "请按这里所说修正，再重新启动页面。",
    "Start the page again for more. Nothing was sent.": "要继续请重新启动页面。没有发送任何内容。",
    "This page has a fault of its own.": "页面自身出了故障。",
    "Ask again. What happened stands in the terminal that the page was started from.": "请再试一次。详情在启动页面的终端里。",
    "This cannot be drawn.": "这个画不了。",
    "The limit of this page is reached.": "已达到本页的限额。",
    "There is no photo yet.": "还没有照片。",
    "Drop one in, then try again.": "请拖入一张再试。",
    "There is nothing to extract yet.": "还没有可提取的内容。",
    "Wait {} seconds, then ask again.": "请等 {} 秒再试。",
}
"""English texts, each with its Chinese."""

SCRIPT = """
  // What others say is left as it is; so is what a visitor writes.
  const THEIRS = "pre, textarea, .result, .caption-label, .title, .extracted, .message .prose:not(:has(.figures, " +
    ".note, .apology, .waiting, .code, .sources))";
  const chinese = () => {
    document.documentElement.lang = "zh";
    const escaped = (text) => text.replace(/[.*+?^${}()|[\\]\\\\]/g, "\\\\$&");
    const whole = new Map(), parts = [];
    for (const [english, said] of Object.entries(WORDS)) {
      if (!english.includes("{}")) whole.set(english, said);
      else parts.push([new RegExp(`^${english.split("{}").map(escaped).join("(.+?)")}$`), said]);
    }
    const say = (text) => {
      const trimmed = text.replace(/\\s+/g, " ").trim();
      if (whole.has(trimmed)) return text.replace(text.trim(), whole.get(trimmed));
      for (const [pattern, said] of parts) {
        const found = trimmed.match(pattern);
        if (!found) continue;
        let place = 0;
        return said.replace(/\\{\\}/g, () => found[++place]);
      }
      return text;
    };
    const translate = (root) => {
      const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      for (let node = walk.currentNode; node; node = walk.nextNode()) {
        if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) continue;
        if (node.parentElement?.closest(THEIRS)) continue;
        const said = say(node.data);
        if (said !== node.data) node.data = said;
      }
      if (!root.querySelectorAll) return;
      for (const one of root.querySelectorAll("[placeholder]")) {
        const said = say(one.placeholder);
        if (said !== one.placeholder) one.placeholder = said;
      }
    };
    translate(document.body);
    new MutationObserver((changes) => changes.forEach(({ type, target, addedNodes }) => {
      if (type === "characterData") translate(target);
      addedNodes.forEach(translate);
    })).observe(document.body, { childList: true, subtree: true, characterData: true });
  };
  if (navigator.language.toLowerCase().startsWith("zh")) chinese();
""".replace("WORDS", json.dumps(CHINESE, ensure_ascii=False))
"""What the page's script does with the table."""
