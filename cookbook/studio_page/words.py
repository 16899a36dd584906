"""What the page says in Chinese: one table, used by its script if the browser asks for it.

The program says everything in English, so that nothing of it depends on a visitor's language. The
script exchanges whole texts that stand in the table, names for screen readers and what a closed
list shows too: `{}` stands for any words, `{#}` for a number, `{id}` for an id, and what stands in
their place is exchanged likewise. What models, tools and visitors say is left as it is. Gradio
translates most of its own words by itself.
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
    "What is 12 * 7?": "12 * 7 等于多少？",
    "Your question": "你的问题",
    "Conversation": "对话内容",
    "Stop": "停止",
    "Look at the image": "查看图片",
    "An image of yours": "你的图片",
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
    "Temperature {#}": "温度 {#}",
    "Nothing is known of this model. It is asked by its name all the same.": (
        "没有关于这个模型的资料，仍按名字请求。"
    ),
    "sees images": "能看图",
    "cannot see images": "不能看图",
    "thinks first": "先思考",
    "{#} tokens of context": "{#} 个 token 的上下文",
    "{} in and {} out": "输入 {}，输出 {}",
    "sees": "看图",
    "thinks": "先思考",
    "${#} in, ${#} out": "输入 ${#}，输出 ${#}",
    # Under an answer
    "Asking…": "正在请求…",
    "Stopped. The model is not told of this question again.": "已停止。这个问题不会再告诉模型。",
    "{#} tokens in, {#} out": "输入 {#} 个 token，输出 {#}",
    "{#} s": "{#} 秒",
    "cost not recorded yet": "费用还没有记录",
    "request {id}": "请求 {id}",
    "Copy the request id: {}": "复制请求 id：{}",
    "Copy the answer": "复制回答",
    "Copy the {} lines": "复制 {} 代码",
    "{} lines": "{} 代码",
    "Sources": "来源",
    "Copy": "复制",
    "Code": "代码",
    "1 answer, {} so far. 1 PTC is 1 US dollar.": "1 个回答，到目前 {}。1 PTC 为 1 美元。",
    "{#} answers, {} so far. 1 PTC is 1 US dollar.": "{#} 个回答，到目前 {}。1 PTC 为 1 美元。",
    "1 answer, {} so far, 1 not recorded yet. 1 PTC is 1 US dollar.": "1 个回答，到目前 {}，1 个还没有记录。1 PTC 为 1 美元。",
    "{#} answers, {} so far, {#} not recorded yet. 1 PTC is 1 US dollar.": "{#} 个回答，到目前 {}，{#} 个还没有记录。1 PTC 为 1 美元。",
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
    "Images made here": "这里生成的图片",
    "{#} image": "{#} 张图片",
    "{#} images": "{#} 张图片",
    "Price: {} ({}). Until a record says more, {} counts as {} of the {} that {}.": (
        "价格：{}（{}）。在有记录之前，{}按 {} 计；{} 是{}。"
    ),
    "an image": "一张图片",
    "this page may spend on it": "本页的上限",
    "Comic": "漫画",
    "Line Art": "线描",
    "Impressionism": "印象派",
    "Clay": "黏土",
    "Watercolor": "水彩",
    "Cyberpunk": "赛博朋克",
    "Elf": "精灵",
    "Clown": "小丑",
    "Robot": "机器人",
    "Vampire": "吸血鬼",
    "Zombie": "僵尸",
    "Low Poly": "低多边形",
    "Retro Portrait": "复古肖像",
    "Ancient Style": "古风",
    "Cartoon Illustration": "卡通插画",
    "Pencil Sketch": "铅笔素描",
    "Steampunk": "蒸汽朋克",
    # Extract
    "Scans, photos or PDFs": "扫描件、照片或 PDF",
    "Use a sample receipt": "使用示例收据",
    "Columns": "列",
    "What to find, between commas; “: number” makes a column of numbers.": (
        "要找什么，用逗号分隔；“: number” 表示数字列。"
    ),
    "A row for each item": "每个条目一行",
    "Else a row for each page.": "否则每页一行。",
    "Price: a call of the reading model for each page; of a file, {#} pages at most.": "价格：每页调用一次读图模型；每个文件最多 {#} 页。",
    "Give 1 to {#} files, and 1 to {#} columns.": "请给出 1 到 {#} 个文件和 1 到 {#} 列。",
    "The table appears here.": "表格会出现在这里。",
    "Download as CSV": "下载 CSV",
    "Reading. A page takes seconds.": "正在读取，一页需要几秒。",
    "Rows: {#}. Pages read: {#}. {}": "行数：{#}。读取页数：{#}。{}",
    "Not read: {}": "没有读取：{}",
    # Tools
    "Tool": "工具",
    "{} is missing.": "缺少：{}",
    "Fill it in first.": "请先填写。",
    "Left out": "不填",
    "What a tool answers appears here.": "工具的回答会出现在这里。",
    "Asked. Most take seconds; a video takes minutes.": "已请求。大多只要几秒；视频需要几分钟。",
    "Run": "运行",
    "a call": "一次调用",
    "this tab may spend": "本页的上限",
    # The tools, as their declarations tell of them
    "Remove background": "去除背景",
    "Upscale image": "放大图片",
    "Erase from image": "擦除物体",
    "Read image": "读图",
    "Read page": "读网页",
    "Read file": "读文件",
    "Run code": "运行代码",
    "Generate video": "生成视频",
    "Transcribe": "语音转文字",
    "Speak": "朗读",
    "{} (optional)": "{}（可选）",
    "Image": "图片",
    "Scale": "倍数",
    "Mask": "蒙版",
    "Query": "搜索内容",
    "Max results": "最多结果数",
    "Category": "类别",
    "Time range": "时间范围",
    "Question": "问题",
    "Url": "网址",
    "Start": "起始位置",
    "File": "文件",
    "Language": "语言",
    "Download path": "下载路径",
    "Prompt": "描述",
    "Duration": "时长",
    "Resolution": "分辨率",
    "Aspect ratio": "宽高比",
    "Images": "多张图片",
    "End image": "结束图片",
    "Audio": "音频",
    "Text": "文本",
    "Speed": "语速",
    "general": "综合",
    "news": "新闻",
    "day": "一天",
    "week": "一周",
    "month": "一个月",
    "year": "一年",
    "Remove the background of an image: all but its subject becomes transparent.": "去除图片背景：主体以外都变透明。",
    "Enlarge an image 1 to 4 times and sharpen it; what it shows stays the same.": "把图片放大 1 到 4 倍并锐化；内容不变。",
    "Erase an object from an image where a second image, the mask, is white; what is around it fills the gap.": "在第二张图片（蒙版）为白色的地方擦除物体，用周围的内容填补。",
    "Search the web: find pages about what is not known yet, such as news.": "联网搜索：查找还不知道的内容，例如新闻。",
    "Read text, the words on an image (a scan, a photo, a screenshot), or answer a question about it.": "读出图片（扫描件、照片、截图）上的文字，或回答关于它的问题。",
    "Read one web page, whose address is known, as Markdown.": "按网址读取一个网页，得到 Markdown。",
    "Read a document (PDF, Word, Excel, PowerPoint, EPUB, CSV, text) as Markdown, by its link or name.": "按链接或文件名读取文档（PDF、Word、Excel、PowerPoint、EPUB、CSV、文本），得到 Markdown。",
    "Execute code: run a program in a fresh sandbox, to calculate exactly and to work on data.": "在全新的沙箱里运行程序，做精确计算或处理数据。",
    "Make a short video from a description in words, or from images that it begins or ends with.": "根据文字描述，或开头、结尾的图片，生成短视频。",
    "Transcribe audio: write down what is said in a recording, by its link or name, with times and speakers where they are known.": "把录音（链接或文件名）里说的话写成文字，并尽可能给出时间和说话人。",
    "Read a text aloud: make an audio file of a voice that says it.": "朗读文本：生成语音文件。",
    "The image. It is an http(s) link, a data URI, or the name of an image file that was given or made here.": "图片。可以是 http(s) 链接、data URI，或这里给出或生成的图片文件名。",
    "How many times as wide and as high, 1 to 4; 2 if left out.": "宽和高放大几倍，1 到 4；不填为 2。",
    "White where to erase, black elsewhere. It is an http(s) link, a data URI, or the name of an image file that was given or made here.": "要擦除的地方为白色，其余为黑色。可以是 http(s) 链接、data URI，或这里给出或生成的图片文件名。",
    "What to search for, as a question or in key words.": "要搜索什么，用问题或关键词。",
    "How many results, at most {#}.": "多少条结果，最多 {#} 条。",
    "What to search, if not the web at large.": "搜索什么；不填为整个网络。",
    "Only pages that are at most so old.": "只要不早于这么久的网页。",
    "The image: an http(s) link, a data URI, or the name of an image file that was given or made here.": "图片：http(s) 链接、data URI，或这里给出或生成的图片文件名。",
    "What to find out; leave out for all words on the image.": "想知道什么；不填则读出全部文字。",
    "The page's full address, with https://.": "网页的完整地址，带 https://。",
    "The character to read on from, where a part before says that there is more.": "从第几个字符继续读（前一部分说还有内容时）。",
    "The document: its http(s) link, or the name of a file that was given or saved here.": "文档：http(s) 链接，或这里给出或保存的文件名。",
    "The character to begin at, to read on in a long text.": "从第几个字符开始，用于继续读长文本。",
    "The whole program. It must print what you want to know.": "完整的程序，要把想知道的内容打印出来。",
    "Its language; python if left out.": "程序语言；不填为 python。",
    "Path in the sandbox of one file that the program writes and that is wanted back.": "程序写出、需要取回的一个文件在沙箱里的路径。",
    "What happens: subject, movement, camera, style, in plain words.": "发生什么：主体、动作、镜头、风格，用平常的话写。",
    "Its length in seconds. Leave out unless a length is asked for.": "时长（秒）。没有要求就不填。",
    "Such as 720p or 1080p. Leave out unless it is asked for.": "例如 720p 或 1080p。没有要求就不填。",
    "Width to height, such as 16:9 or 9:16.": "宽比高，例如 16:9 或 9:16。",
    "The image to begin with, or images to be seen in it; each is an http(s) link, a data URI, or the name of an image file that was given or made here.": "开头的图片，或要出现的图片；每张可以是 http(s) 链接、data URI，或这里给出或生成的图片文件名。",
    "The last frame, as an http(s) link, a data URI, or the name of an image file that was given or made here.": "最后一帧。可以是 http(s) 链接、data URI，或这里给出或生成的图片文件名。",
    "The recording: an http(s) link or a data URI, or the name of an audio file that was given or made here.": "录音：http(s) 链接、data URI，或这里给出或生成的音频文件名。",
    "The language that is spoken, such as en. Leave out unless it is known.": "所说的语言，例如 en。不知道就不填。",
    "What is said, in full, as it is to be heard.": "要说的全部内容。",
    "How fast: 0.25 to 4, 1 is usual. Leave out unless it is asked for.": "语速：0.25 到 4，通常为 1。没有要求就不填。",
    # Prices, as their declarations tell of them; whose words they are is quoted as it is
    "that of the image model": "按图片模型计费",
    "no price was found": "没有查到价格",
    "the language model's tokens, and /302/submit/flux-selfie for each avatar": "语言模型的 token，另加每个头像一次 /302/submit/flux-selfie",
    "by provider, and crawl_results costs more; no table of prices was found. With answer_model: the model's tokens and the fee of its search": "按搜索服务计费，crawl_results 更贵；没有查到价格表。用 answer_model 时：模型的 token 和搜索费",
    "the language model's tokens, and those of the reading model, if another reads": "语言模型的 token；若由另一个模型读图，再加它的 token",
    "not where it could be read: the gateway's record of a call has it": "公开文档里没有：网关的调用记录里有",
    "Markitdown 0.01 PTC for a million tokens; parsing 0.02, and 0.001 for the upload; MinerU's price is not public": "Markitdown 每百万 token 0.01 PTC；解析 0.02，上传 0.001；MinerU 的价格未公开",
    "0.001 PTC a second, and 0.001 PTC for a file": "每秒 0.001 PTC，每个文件 0.001 PTC",
    "by model and second; of kling-o3, 0.168 US dollars a second": "按模型和秒计费；kling-o3 每秒 0.168 美元",
    "whisper-1: 0.006 PTC a minute": "whisper-1：每分钟 0.006 PTC",
    "billed by the provider of the voice; no table of prices was found": "按语音服务计费；没有查到价格表",
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
    "Wait {#} seconds, then ask again.": "请等 {#} 秒再试。",
}
"""English texts, each with its Chinese."""

GRADIOS: dict[str, str] = {
    "chatbot conversation": "对话内容",
    "Select example {#}: {}": "选择示例 {#}：{}",
    "Multimedia input field": "文字和图片输入框",
    "Upload a file": "上传文件",
    "Submit": "发送",
    "Reset to default value": "恢复默认值",
    "number input for {}": "{}的数值",
    "range slider for {}": "{}的滑块",
    "Click to upload or drop files": "点击上传，或把文件拖到这里",
    "common.upload": "上传",
    "common.complete": "完成",
}
"""What Gradio says in English, whatever the browser asks for."""

SCRIPT = """
  // What others say is left as it is; so is what a visitor writes.
  const THEIRS = "pre, textarea, .result, .caption-label, .title, .extracted, .said, .message .prose:not(:has(.figures, " +
    ".note, .apology, .waiting, .code, .sources))";
  const chinese = () => {
    document.documentElement.lang = "zh";
    const escaped = (text) => text.replace(/[.*+?^${}()|[\\]\\\\]/g, "\\\\$&");
    const kinds = { "{}": "(.+?)", "{#}": "([\\\\d.,]+)", "{id}": "([\\\\w…-]{6,})" };
    const whole = new Map(), parts = [];
    for (const [english, said] of Object.entries(WORDS)) {
      const pieces = english.split(/(\\{(?:#|id)?\\})/);
      if (pieces.length === 1) whole.set(english, said);
      else parts.push([new RegExp(`^${pieces.map((one) => kinds[one] ?? escaped(one)).join("")}$`), said]);
    }
    const known = (english) => {
      if (whole.has(english)) return whole.get(english);
      for (const [pattern, said] of parts) {
        const found = english.match(pattern);
        let place = 0;
        if (found) return said.replace(/\\{(#|id)?\\}/g, () => say(found[++place]));
      }
    };
    // What is known of a model is a sentence of parts, each of which may be missing.
    const together = (english) => {
      if (!english.endsWith(".")) return undefined;
      const small = english[0].toLowerCase() + english.slice(1, -1);
      const said = small.split(", ").map(known);
      return said.includes(undefined) ? undefined : `${said.join("，")}。`;
    };
    // In a list, it stands behind the name of the model.
    const listed = (english) => english.split(" · ").map((one) => known(one) ?? one).join(" · ");
    const say = (text) => {
      const english = text.replace(/\\s+/g, " ").trim();
      const said = english.includes(" · ") ? listed(english) : known(english) ?? together(english);
      return said === undefined || said === english ? text : said;
    };
    const attributes = ["aria-label", "placeholder", "title", "alt"];
    const named = (element) => {
      for (const name of attributes) {
        const english = element.getAttribute(name);
        if (english && say(english) !== english) element.setAttribute(name, say(english));
      }
    };
    // A closed list shows its choice as the value of a box: the box shows another text than it has.
    const own = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    const shown = (box) => {
      if (Object.hasOwn(box, "value")) return;
      let english = own.get.call(box);
      Object.defineProperty(box, "value", {
        configurable: true,
        get: () => (own.get.call(box) === say(english) ? english : own.get.call(box)),
        set: (text) => own.set.call(box, say((english = `${text ?? ""}`))),
      });
      box.value = english;
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
      for (const one of [root, ...root.querySelectorAll("*")]) {
        named(one);
        if (one.matches("input[role=combobox]")) shown(one);
      }
    };
    translate(document.body);
    new MutationObserver((changes) => changes.forEach(({ type, target, addedNodes }) => {
      if (type === "characterData") translate(target);
      if (type === "attributes") named(target);
      addedNodes.forEach(translate);
    })).observe(document.body, {
      attributeFilter: attributes, characterData: true, childList: true, subtree: true,
    });
  };
  if (navigator.language.toLowerCase().startsWith("zh")) chinese();
""".replace("WORDS", json.dumps(CHINESE | GRADIOS, ensure_ascii=False))
"""What the page's script does with the table."""
